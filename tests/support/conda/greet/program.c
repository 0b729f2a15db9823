/* Prints the installed greeting, the library's version and the prefix. */
#include <stdio.h>

#include "greet.h"

int main(void) {
    char word[64];
    if (!greet_word(word, sizeof word)) {
        fprintf(stderr, "no words in %s\n", greet_prefix());
        return 1;
    }
    printf("%s %s %s\n", word, greet_version(), greet_prefix());
    return 0;
}
