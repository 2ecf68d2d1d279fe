import { createRequest } from '@urql/core';
import type { Connection } from './connection.ts';
import { follow, type Question } from './follow.ts';
import type { Collection } from './stream.ts';

/** A question that somebody on this page asks, and what was answered. */
export interface Followed<Kind> {
  readonly collection: Kind;
  /** Keeps the subscription going until the returned function is called. */
  hold(): () => void;
}

/** How long a subscription outlives its last reader: a panel that goes as another comes asks for the same. */
const LINGER_MS = 1_000;

/** Subscriptions of one connection: panels that ask the same question read the same collection. */
export class SharedStreams {
  readonly connection: Connection;
  readonly #followed = new Map<number, Followed<unknown>>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Nothing is asked before somebody holds it: a component that never came to the screen leaves nothing behind. */
  of<Data, Variables extends object, Value extends object, Kind extends Collection<Value>>(
    question: Question<Data, Variables, Value>,
    make: () => Kind,
  ): Followed<Kind> {
    const { key } = createRequest(question.document, question.variables);
    const known = this.#followed.get(key);
    if (known) return known as Followed<Kind>;
    const followed = this.#follow(key, question, make());
    this.#followed.set(key, followed);
    return followed;
  }

  #follow<Data, Variables extends object, Value extends object, Kind extends Collection<Value>>(
    key: number,
    question: Question<Data, Variables, Value>,
    collection: Kind,
  ): Followed<Kind> {
    let users = 0;
    let stop: (() => void) | null = null;
    const leave = () => {
      users -= 1;
      if (users > 0 || !stop) return;
      stop();
      stop = null;
      this.#followed.delete(key);
    };
    return {
      collection,
      hold: () => {
        users += 1;
        stop ??= follow(this.connection, question, collection);
        return () => void setTimeout(leave, LINGER_MS);
      },
    };
  }
}
