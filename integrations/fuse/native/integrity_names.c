#include "integrity_guard.h"
#include "integrity_log.h"
#include "integrity_state.h"
#include "log.h"
#include "suite.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void name_of(const uint8_t directory[DIR_ID_SIZE], const char *backing, uint8_t name[16]) {
  uint8_t text[DIR_ID_SIZE + NAME_MAX], hash[32];
  size_t size = strnlen(backing, NAME_MAX);
  memcpy(text, directory, DIR_ID_SIZE);
  memcpy(text + DIR_ID_SIZE, backing, size);
  if (!EVP_Digest(text, DIR_ID_SIZE + size, hash, NULL, suite_hash(), NULL)) abort(); // out of memory
  memcpy(name, hash, 16);
}

static enum known look_up(const uint8_t name[16], uint8_t object[OBJECT_SIZE]) {
  const struct entry *entry = table_find(&integrity_state.entries, name);
  if (!entry) return KNOWN_NOT;
  memcpy(object, entry->object, OBJECT_SIZE);
  return memcmp(object, object_lax, OBJECT_SIZE) == 0 ? KNOWN_LAX : KNOWN;
}

enum known integrity_entry(const uint8_t directory[DIR_ID_SIZE], const char *backing, uint8_t object[OBJECT_SIZE]) {
  uint8_t name[16];
  name_of(directory, backing, name);
  pthread_mutex_lock(&integrity_lock);
  enum known known = look_up(name, object);
  pthread_mutex_unlock(&integrity_lock);
  return known;
}

uint64_t integrity_entries(const uint8_t directory[DIR_ID_SIZE]) {
  pthread_mutex_lock(&integrity_lock);
  const struct named_pointer *pointer = table_find(&integrity_state.directories, directory);
  uint64_t entries = pointer ? ((const struct counted *)pointer->to)->entries : 0;
  pthread_mutex_unlock(&integrity_lock);
  return entries;
}

uint64_t integrity_entry_changes(const uint8_t directory[DIR_ID_SIZE]) {
  pthread_mutex_lock(&integrity_lock);
  const struct named_pointer *pointer = table_find(&integrity_state.directories, directory);
  uint64_t changes = pointer ? ((const struct counted *)pointer->to)->changes : 0;
  pthread_mutex_unlock(&integrity_lock);
  return changes;
}

struct integrity_counts integrity_count(void) {
  pthread_mutex_lock(&integrity_lock);
  const struct integrity_counts counts = {integrity_state.entries.used, integrity_state.files.used, integrity_state.directories.used};
  pthread_mutex_unlock(&integrity_lock);
  return counts;
}

static int note(struct record *record, const uint8_t directory[DIR_ID_SIZE], const char *backing) {
  memcpy(record->id, directory, DIR_ID_SIZE);
  name_of(directory, backing, record->name);
  pthread_mutex_lock(&integrity_lock);
  int failed = integrity_note_record(record);
  pthread_mutex_unlock(&integrity_lock);
  return failed;
}

// Also where nothing is noted, what a reader found out is remembered.
static int link_to(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]) {
  struct record record = {.kind = RECORD_LINK};
  memcpy(record.object, object, OBJECT_SIZE);
  return note(&record, directory, backing);
}

int integrity_link(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]) {
  if (!integrity_noting) return 0;
  pthread_mutex_lock(&integrity_lock);
  int failed = log_take_room();
  pthread_mutex_unlock(&integrity_lock);
  return failed ? failed : link_to(directory, backing, object);
}

int integrity_unlink(const uint8_t directory[DIR_ID_SIZE], const char *backing) {
  struct record record = {.kind = RECORD_UNLINK};
  return integrity_noting ? note(&record, directory, backing) : 0;
}

int integrity_rename(struct integrity_place from, struct integrity_place to, bool exchange) {
  struct record record = {.kind = exchange ? RECORD_EXCHANGE : RECORD_RENAME};
  if (!integrity_noting) return 0;
  memcpy(record.id2, to.directory, DIR_ID_SIZE);
  name_of(to.directory, to.backing, record.name2);
  return note(&record, from.directory, from.backing);
}

void integrity_restore(const uint8_t directory[DIR_ID_SIZE], const char *backing, enum known known, const uint8_t object[OBJECT_SIZE]) {
  if (!integrity_noting) return;
  int failed = known == KNOWN_NOT ? integrity_unlink(directory, backing) : link_to(directory, backing, object);
  if (failed) log_line("an entry that was not changed could not be noted as before: %s", strerror(-failed));
}

int integrity_leads_to(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]) {
  uint8_t expected[OBJECT_SIZE];
  if (!volume.integrity) return 0;
  enum known known = integrity_entry(directory, backing, expected);
  if (known == KNOWN && memcmp(expected, object, OBJECT_SIZE) == 0) return 0;
  if (known == KNOWN_LAX) return link_to(directory, backing, object);
  log_line("damaged: %s: it is not what stood there last", backing);
  return -EIO;
}

void integrity_object_of_target(const char *text, size_t size, uint8_t object[OBJECT_SIZE]) {
  uint8_t hash[32];
  if (!EVP_Digest(text, size, hash, NULL, suite_hash(), NULL)) abort(); // out of memory
  memcpy(object, hash, OBJECT_SIZE);
}

void integrity_object_of_special(const struct stat *st, uint8_t object[OBJECT_SIZE]) {
  uint32_t type = st->st_mode & S_IFMT;
  uint64_t device = S_ISBLK(st->st_mode) || S_ISCHR(st->st_mode) ? st->st_rdev : 0;
  memset(object, 0, OBJECT_SIZE);
  memcpy(object, "hufu", 4);
  memcpy(object + 4, &type, sizeof type);
  memcpy(object + 8, &device, sizeof device);
}

int integrity_accept_entry(const uint8_t directory[DIR_ID_SIZE], const char *backing, const uint8_t object[OBJECT_SIZE]) {
  return link_to(directory, backing, object);
}
