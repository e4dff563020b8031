/** The client of the v2 line of the SDK, as a link uses it. */

import { Client, type ClientContext, type JSONRPCRequest, type Result } from '@modelcontextprotocol/client';

type Handler = (request: JSONRPCRequest, context: ClientContext) => Promise<Result>;

/** Hands what a server asks to whoever answers, as it was sent; the answer goes back as it was given. */
export class DiscoverClient extends Client {
  // The client would look at request and answer itself, at every part of both, and describe each that is wrong.
  protected override _wrapHandler(_method: string, handler: Handler): Handler {
    return handler;
  }
}
