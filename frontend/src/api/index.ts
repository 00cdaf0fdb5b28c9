export { api, call, callWithEtag, type Schemas } from "./client";
export { ApiError, isApiError, messageOf } from "./errors";
export { openEventStream, type StreamEvent, type StreamState } from "./stream";
