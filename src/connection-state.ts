/** The five public states of a connection, in the order of a life. */
export const CONNECTION_STATES = ['connecting', 'initializing', 'ready', 'reconnecting', 'closed'] as const;

/** A public state of a connection. */
export type ConnectionState = (typeof CONNECTION_STATES)[number];
