/** Where a page of rows that are ordered by their creation goes on. */
export interface CreationPlace {
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly id: string;
}

export interface CreationPage {
  /** What comes after it; null for the beginning. */
  readonly from: CreationPlace | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** The terms of such a page: the order, what lies beyond `from`, how many. Rows of the same millisecond are ordered by their ids. */
export function creationPage({ from, newestFirst, limit }: CreationPage) {
  const beyond = newestFirst ? 'lt' : 'gt';
  const order = newestFirst ? ('desc' as const) : ('asc' as const);
  const at = from && new Date(from.createdAt);
  return {
    beyond: from && at ? { OR: [{ createdAt: { [beyond]: at } }, { createdAt: at, id: { [beyond]: from.id } }] } : {},
    orderBy: [{ createdAt: order }, { id: order }],
    take: limit,
  };
}
