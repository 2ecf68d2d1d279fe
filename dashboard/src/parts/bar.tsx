/** A part of a whole, beside the number that says it in words; in the colour of the text. */
export function Bar({ part }: { readonly part: number }) {
  return (
    <span className="bar" aria-hidden="true">
      {/* To the nearest hundredth: what nobody could see changes no style. */}
      <span style={{ transform: `scaleX(${Math.round(part * 100) / 100})` }} />
    </span>
  );
}
