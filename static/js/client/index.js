// @ts-check
// Everything public of the client library; docs/browser-client.md describes it.

export { ApiError, InterviewApi } from "./api.js";
export { BUILTIN_QUESTIONS } from "./builtin-questions.js";
export { ProgressFeed } from "./events.js";
export { Interview } from "./interview.js";
export { Outbox } from "./outbox.js";
export { Presence } from "./presence.js";
export { negotiateType, Recorder } from "./recorder.js";
export { openStore, Store } from "./store.js";
