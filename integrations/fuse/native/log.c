#include "log.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static void (*_Atomic sink)(char *line);

void log_to(void (*to)(char *line)) { atomic_store(&sink, to); }

void log_line(const char *format, ...) {
  void (*to)(char *) = atomic_load(&sink);
  char *line;
  va_list arguments;
  va_start(arguments, format);
  if (to && vasprintf(&line, format, arguments) >= 0) to(line);
  va_end(arguments);
}
