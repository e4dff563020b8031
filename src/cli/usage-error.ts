/** The error of a command line, or of a file it names, that cannot be obeyed. Nothing was started. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** `hint` says what to do instead. */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
