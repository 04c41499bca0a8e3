/** What the server says when it refuses, kept as a code so that each language finds its words. */

export interface FieldError {
  pointer: string
  code: string
  message: string
}

export class ApiProblem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: Record<string, unknown> = {},
    readonly errors: FieldError[] = [],
    detail = '',
  ) {
    super(detail || code)
  }

  /** Nothing reached the server, or its answer did not reach us: the same again is safe. */
  get retryable(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429
  }
}

interface ProblemBody {
  code?: string
  detail?: string
  params?: Record<string, unknown>
  errors?: FieldError[]
}

/** Reads RFC 9457 problem details; anything else becomes the code of its status. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody
  const code = problem.code ?? (status >= 500 ? 'internal' : `http-${status}`)
  return new ApiProblem(code, status, problem.params ?? {}, problem.errors ?? [], problem.detail)
}

export function offline(): ApiProblem {
  return new ApiProblem('offline', 0)
}
