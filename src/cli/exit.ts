/** Exit statuses of the command. */
export const EXIT_OK = 0;
/** What was asked for did not work. */
export const EXIT_FAILURE = 1;
/** The command line was wrong. */
export const EXIT_USAGE = 2;
/** Ended by Ctrl-C: 128 + SIGINT, as shells say it. */
export const EXIT_INTERRUPTED = 130;
