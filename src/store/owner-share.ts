import type { OwnerShare } from '../model/owner-share.ts';
import { Prisma } from './generated/client.ts';

/** The condition that the `owner` of a row is of a share: `isOfShare` in SQL. */
export function ofShare({ number, of }: OwnerShare): Prisma.Sql {
  if (of === 1) return Prisma.sql`true`;
  const hash = Prisma.sql`sha256(convert_to(lower(owner), 'UTF8'))`;
  return Prisma.sql`(get_byte(${hash}, 0) * 65536 + get_byte(${hash}, 1) * 256 + get_byte(${hash}, 2)) % ${of}::int = ${number}::int`;
}
