import { createConnection, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands between a bus and its server: keeps the two apart while others go on, or loses an answer, so that the command was
 * carried out and nobody was told.
 */
export class RedisProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #severed = false;
  #losing: string | null = null;
  #lost = 0;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(url: string): Promise<RedisProxy> {
    const proxy = new RedisProxy(new URL(url));
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `redis://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** Answers that were lost. */
  get lost(): number {
    return this.#lost;
  }

  /** The answer to the next command that contains this text is lost, and its connection with it. */
  loseAnswerTo(command: string): void {
    this.#losing = command;
  }

  sever(): void {
    this.#severed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#severed = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #join(near: Socket): void {
    if (this.#severed) {
      near.destroy();
      return;
    }
    const far = createConnection(Number(this.#target.port), this.#target.hostname);
    let silenced = false;
    near.on('data', (data) => {
      if (this.#losing !== null && data.includes(this.#losing)) {
        this.#losing = null;
        silenced = true;
      }
      far.write(data);
    });
    far.on('data', (data) => {
      if (!silenced) return near.write(data);
      this.#lost++;
      near.destroy();
      return far.destroy();
    });
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
  }
}
