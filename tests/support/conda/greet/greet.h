/* What the tests' C library offers. */
#ifndef GREET_H
#define GREET_H

/* The number of letters in a greeting. */
int greet_length(const char *greeting);

/* Write the greeting that the installed word list begins with; returns 0 where there is no list. */
int greet_word(char *buffer, int size);

/* The folder that the library believes to be installed in. */
const char *greet_prefix(void);

/* The version that was compiled. */
const char *greet_version(void);

#endif
