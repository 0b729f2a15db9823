/* The Python extension `_greet`, for every CPython 3 by its stable ABI.
 *
 * The few declarations of Python that it needs stand here, so that it compiles where Python's headers are not
 * installed. They are those of the limited API, which do not change (PEP 384). */
#include <stddef.h>

#include "greet.h"

typedef struct { ptrdiff_t count; void *type; } Object;

typedef struct {
    const char *name;
    Object *(*call)(Object *, Object *);
    int flags;
    const char *doc;
} Method;

typedef struct {
    Object head;
    Object *(*init)(void);
    ptrdiff_t index;
    Object *copy;
    const char *name;
    const char *doc;
    ptrdiff_t size;
    Method *methods;
    void *slots, *traverse, *clear, *free;
} Definition;

extern Object *PyModule_Create2(Definition *, int);
extern Object *PyUnicode_FromString(const char *);
extern Object *PyLong_FromLong(long);

enum { NO_ARGUMENTS = 4, ABI_VERSION = 3 };

static Object *word(Object *self, Object *nothing) {
    (void)self, (void)nothing;
    char found[64];
    return PyUnicode_FromString(greet_word(found, sizeof found) ? found : "");
}

static Object *length(Object *self, Object *nothing) {
    (void)self, (void)nothing;
    char found[64];
    return PyLong_FromLong(greet_word(found, sizeof found) ? greet_length(found) : 0);
}

static Object *version(Object *self, Object *nothing) {
    (void)self, (void)nothing;
    return PyUnicode_FromString(greet_version());
}

static Object *prefix(Object *self, Object *nothing) {
    (void)self, (void)nothing;
    return PyUnicode_FromString(greet_prefix());
}

static Method methods[] = {
    {"word", word, NO_ARGUMENTS, "The greeting that the installed word list begins with."},
    {"length", length, NO_ARGUMENTS, "The number of its letters."},
    {"version", version, NO_ARGUMENTS, "The version of the C library."},
    {"prefix", prefix, NO_ARGUMENTS, "The folder that the C library believes to be installed in."},
    {NULL, NULL, 0, NULL},
};

static Definition definition = {
    {1, NULL}, NULL, 0, NULL, "_greet", "Made for a test.", -1, methods, NULL, NULL, NULL, NULL,
};

Object *PyInit__greet(void) { return PyModule_Create2(&definition, ABI_VERSION); }
