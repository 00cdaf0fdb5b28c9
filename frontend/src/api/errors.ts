import { t } from "@/texts";

/** The body of every answer of the API that is not a success. */
interface ErrorBody {
  error: string;
  code: string;
  fields?: Record<string, string[]>;
  details?: Record<string, unknown>;
}

/** Every failure of a call, whatever went wrong: one class, so that `catch` has one shape to know. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string[]> = {},
    readonly details: Record<string, unknown> = {},
    /** Seconds, where the server named a time (429, 503). */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  static async fromResponse(response: Response): Promise<ApiError> {
    let body: Partial<ErrorBody> = {};
    try {
      body = (await response.clone().json()) as Partial<ErrorBody>;
    } catch {
      // Not JSON: a proxy answered. The status must do.
    }
    const wait = Number(response.headers.get("Retry-After"));
    return new ApiError(
      response.status,
      body.code ?? `http_${response.status}`,
      body.error || t.errors.unexpected(response.status),
      body.fields,
      body.details,
      Number.isFinite(wait) && wait > 0 ? wait : null,
    );
  }

  /** The server could not be reached at all. */
  static offline(): ApiError {
    return new ApiError(0, "offline", t.errors.offline);
  }

  get isMissing(): boolean {
    return this.status === 404;
  }

  /** The first sentence about a field. */
  field(name: string): string | undefined {
    return this.fields[name]?.[0];
  }
}

/** A sentence to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof Error && error.message) return error.message;
  return t.errors.unknown;
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}
