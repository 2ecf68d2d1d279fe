/** What became of what a form asked for. */
export interface Outcome {
  readonly tone: 'up' | 'down';
  readonly text: string;
}

export function OutcomeLine({ outcome }: { readonly outcome: Outcome | null }) {
  return (
    <p role="status" className={outcome?.tone}>
      {outcome?.text}
    </p>
  );
}
