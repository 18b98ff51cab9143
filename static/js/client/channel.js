// @ts-check
// What the tabs of one browser tell one another.

/** Sends "message" (detail: what another tab posted). Silent where the browser has no channels. */
export class Channel extends EventTarget {
  /** @param {string} name */
  constructor(name) {
    super();
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    if (this.channel) {
      this.channel.onmessage = ({ data }) =>
        this.dispatchEvent(new CustomEvent("message", { detail: data }));
    }
  }

  get works() {
    return this.channel !== null;
  }

  /** @param {{type: string, [name: string]: any}} message */
  post(message) {
    try {
      this.channel?.postMessage(message);
    } catch {
      // Closed meanwhile: nobody is left to be told.
    }
  }

  close() {
    this.channel?.close();
    this.channel = null;
  }
}
