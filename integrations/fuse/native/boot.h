#pragma once
#include <stdint.h>

// An identity of this boot of the machine.
void boot_id(uint8_t boot[16]);
