/** What one process of the benchmark asks of another over the channel between them. */
export type Handlers = Readonly<Record<string, (request: never) => unknown>>;

interface Question {
  readonly number: number;
  readonly name: string;
  readonly request: unknown;
}

/** Answers the parent process. Ends with it: no process of the benchmark outlives the one that started it. */
export function answer(handlers: Handlers): void {
  process.on('message', (question: Question) => {
    answered(handlers, question).then(
      (result) => process.send?.({ number: question.number, result: result ?? null }),
      (error: unknown) => {
        const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ number: question.number, error: told });
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ number: 0, result: null });
}

async function answered(handlers: Handlers, { name, request }: Question): Promise<unknown> {
  const handler = handlers[name];
  if (!handler) throw new Error(`nobody answers ${name} here`);
  return handler(request as never);
}
