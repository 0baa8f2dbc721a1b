/**
 * An error the user can act on: what is wrong, where, and what to do, in one line. Scripts print its message without a
 * stack trace and exit with code 2. Anything else that is thrown is a defect of this project.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
}
