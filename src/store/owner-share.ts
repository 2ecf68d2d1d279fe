import type { OwnerShare } from '../model/owner-share.ts';
import { Prisma } from './generated/client.ts';

/** The condition that an owner is of a share: `isOfShare` in SQL. @param owner a column, or what else says it in SQL. */
export function ofShare({ number, of }: OwnerShare, owner = 'owner'): Prisma.Sql {
  if (of === 1) return Prisma.sql`true`;
  return Prisma.sql`${Prisma.raw(dealtBy(owner))} % ${of}::int = ${number}::int`;
}

/** The number, in SQL, that owners are dealt out by: what is left of it after division by how many shares there are is the share's. */
export function dealtBy(owner: string): string {
  const hash = `sha256(convert_to(lower(${owner}), 'UTF8'))`;
  return `(get_byte(${hash}, 0) * 65536 + get_byte(${hash}, 1) * 256 + get_byte(${hash}, 2))`;
}
