#include "versions.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t nth(uint64_t version, uint64_t i) { return version <= VERSION_LAX ? version : version + i; }

uint64_t versions_at(const struct versions *versions, uint64_t number) {
  if (number / PAGE_BLOCKS >= versions->pages) return VERSION_HOLE;
  const struct version_page *page = &versions->page[number / PAGE_BLOCKS];
  uint32_t i = number % PAGE_BLOCKS;
  return page->each ? i < page->room ? page->each[i] : VERSION_HOLE : nth(page->base, i);
}

static bool pages_for(struct versions *versions, size_t pages) {
  if (pages <= versions->pages) return true;
  struct version_page *larger = realloc(versions->page, pages * sizeof *larger);
  if (!larger) return false;
  memset(larger + versions->pages, 0, (pages - versions->pages) * sizeof *larger);
  versions->page = larger;
  versions->pages = pages;
  return true;
}

// The page gets a version for each block, and memory for so many.
static bool spread(struct version_page *page, uint32_t room) {
  if (!page->each && page->base != VERSION_HOLE) room = PAGE_BLOCKS;
  if (page->each && page->room >= room) return true;
  uint32_t size = 1;
  while (size < room) size *= 2;
  uint64_t *each = calloc(size, sizeof *each);
  if (!each) return false;
  for (uint32_t i = 0; i < (page->each ? page->room : size); i++) each[i] = page->each ? page->each[i] : nth(page->base, i);
  free(page->each);
  *page = (struct version_page){.each = each, .room = size};
  return true;
}

static bool set_within(struct version_page *page, uint32_t from, uint32_t count, uint64_t version) {
  if (count == PAGE_BLOCKS) {
    free(page->each);
    *page = (struct version_page){.base = version};
    return true;
  }
  if (!spread(page, from + count)) return false;
  for (uint32_t i = 0; i < count; i++) page->each[from + i] = nth(version, i);
  return true;
}

int versions_set(struct versions *versions, uint64_t first, uint64_t count, uint64_t version) {
  if (first + count > BLOCKS_MAX && version != VERSION_HOLE) return -EFBIG;
  if (version == VERSION_HOLE) { // there is nothing to tell behind the last page
    uint64_t known = (uint64_t)versions->pages * PAGE_BLOCKS;
    if (first >= known) return 0;
    if (count > known - first) count = known - first;
  }
  if (count > 0 && !pages_for(versions, (first + count + PAGE_BLOCKS - 1) / PAGE_BLOCKS)) return -ENOMEM;
  for (uint64_t done = 0, piece; done < count; done += piece) {
    uint32_t from = (first + done) % PAGE_BLOCKS;
    piece = count - done < PAGE_BLOCKS - from ? count - done : PAGE_BLOCKS - from;
    if (!set_within(&versions->page[(first + done) / PAGE_BLOCKS], from, (uint32_t)piece, nth(version, done))) return -ENOMEM;
  }
  return 0;
}

void versions_cut(struct versions *versions, uint64_t end) {
  size_t pages = (end + PAGE_BLOCKS - 1) / PAGE_BLOCKS;
  if (pages >= versions->pages) pages = versions->pages;
  for (size_t i = pages; i < versions->pages; i++) free(versions->page[i].each);
  versions->pages = pages;
  if (end % PAGE_BLOCKS != 0) versions_set(versions, end, PAGE_BLOCKS - end % PAGE_BLOCKS, VERSION_HOLE);
}

uint64_t versions_run(const struct versions *versions, uint64_t *at, uint64_t *version) {
  const uint64_t end = (uint64_t)versions->pages * PAGE_BLOCKS;
  while (*at < end && versions_at(versions, *at) == VERSION_HOLE) {
    const struct version_page *page = &versions->page[*at / PAGE_BLOCKS];
    *at = page->each ? *at + 1 : (*at / PAGE_BLOCKS + 1) * PAGE_BLOCKS;
  }
  if (*at >= end) return 0;
  *version = versions_at(versions, *at);
  uint64_t count = 1;
  while (count < UINT32_MAX && *at + count < end && versions_at(versions, *at + count) == nth(*version, count)) count++;
  return count;
}

void versions_free(struct versions *versions) {
  versions_cut(versions, 0);
  free(versions->page);
  free(versions);
}
