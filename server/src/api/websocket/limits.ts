/* The limits of `ws /feed` and `ws /graphql`. The feed behind API Gateway uses those of messages and subscriptions. */

/** Of a message from a client, in UTF-8. */
export const MESSAGE_BYTES_MAX = 32_768;
/** Frames that one message may be split into. */
export const FRAGMENTS_MAX = 256;
/** Between pings. A connection that has not answered one before the next is cut off. */
export const PING_INTERVAL_MS = 30_000;
/** How long a client has to confirm a close before it is cut off. */
export const CLOSE_TIMEOUT_MS = 2000;

/** Of open connections to a server. */
export interface SlotLimits {
  readonly connectionsMax: number;
  readonly perAddressMax: number;
  /** Connections of an address on which nobody has signed in. */
  readonly anonymousPerAddressMax: number;
  readonly perUserMax: number;
}

export const SLOT_LIMITS: SlotLimits = {
  connectionsMax: 5000,
  perAddressMax: 500,
  anonymousPerAddressMax: 100,
  perUserMax: 50,
};

export interface ConnectionLimits {
  readonly firstMessageMs: number;
  /** How long a connection may be open without a subscription. */
  readonly idleMs: number;
  /** How long the network may take for one message. */
  readonly sendMs: number;
  readonly subscriptionsMax: number;
  /** Messages that are received and not yet handled. */
  readonly pendingMax: number;
  /** Messages in `windowMs`. */
  readonly messagesMax: number;
  readonly windowMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  firstMessageMs: 10_000,
  idleMs: 60_000,
  sendMs: 10_000,
  subscriptionsMax: 20,
  pendingMax: 64,
  messagesMax: 120,
  windowMs: 10_000,
};
