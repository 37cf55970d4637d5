/**
 * A command that ends with another exit code than 0: 2 when it could not do its work, 1 when it found what it was asked
 * to look for, 130 when it was broken off. The message is one clear line a problem on stderr, or '' where everything has been printed.
 */
export class CommandFailure extends Error {
  readonly exitCode: 1 | 2 | 130;

  constructor(message: string, exitCode: 1 | 2 | 130 = 2) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}
