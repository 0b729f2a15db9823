"""Variables that decide what runs before or beside every program: not set in a user's shell unless he allows it.

A project that is entered with `cd` has not been told to run anything. What it wants to set of these is named instead.
"""

GUARDED = (
    *("BASHOPTS", "BASH_ENV", "CDPATH", "ENV", "FPATH", "IFS", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS4"),
    *("SHELLOPTS", "ZDOTDIR", "fish_function_path"),
    *("DYLD_INSERT_LIBRARIES", "LD_AUDIT", "LD_PRELOAD"),
    *("GIT_SSH", "GIT_SSH_COMMAND", "NODE_OPTIONS", "PERL5DB", "PERL5OPT", "RUBYOPT", "PYTHONSTARTUP"),
    *("EDITOR", "PAGER", "VISUAL", "SUDO_ASKPASS", "SSH_ASKPASS"),
)
