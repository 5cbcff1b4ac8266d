// Lines for the server's log, from any thread. They name backing files only: plain names are secret.
#pragma once

// Takes each line, from now on; it is called from any thread and must not block. Null: nobody.
void log_to(void (*sink)(char *line));
// As printf. The sink gets a copy that it frees.
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);
