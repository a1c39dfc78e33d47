/** Where messages to one end of a channel are kept outside of the kernel, for processes that read and write them by themselves. */
export interface Lane {
  /** Takes the messages that wait, in order, if there is room for all of them. */
  keep(messages: readonly Uint8Array[]): boolean;
  /**
   * Keeps none from now on. Returns those that nobody has read, in order; undefined where what is found makes no sense. The kernel is
   * in the middle of something else: nothing of it is called from here.
   */
  takeBack(): readonly Uint8Array<ArrayBuffer>[] | undefined;
}
