/** What the bare subject is made of. */

/** One exchange at a time or many: each request is answered by its id. */
export interface Exchange {
  request(method: string, params: object): Promise<unknown>;
  notify(method: string): Promise<unknown>;
  close(): Promise<void>;
}
