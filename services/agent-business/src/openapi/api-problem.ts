// Why an API, or one of its operations, cannot be offered: one line for the operator.

/** The message names what is wrong and, where there is one, the way out. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
}
