/* A library that finds its data by the prefix compiled into it, as many do. */
#include <stdio.h>
#include <string.h>

#include "greet.h"

/* One string that holds the prefix alone, and one where something follows it: both must be rewritten. */
static const char prefix[] = GREET_PREFIX;
static const char words[] = GREET_PREFIX "/share/greet/words.txt";

int greet_length(const char *greeting) { return (int)strlen(greeting); }

int greet_word(char *buffer, int size) {
    FILE *list = fopen(words, "r");
    if (list == NULL) return 0;
    int found = fgets(buffer, size, list) != NULL;
    fclose(list);
    if (found) buffer[strcspn(buffer, "\n")] = '\0';
    return found;
}

const char *greet_prefix(void) { return prefix; }

const char *greet_version(void) { return GREET_VERSION; }
