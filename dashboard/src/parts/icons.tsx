import type { ReactNode } from 'react';

/** Drawn on a grid of 20, in the colour of the text; a word beside or around it says what it means. */
function icon(drawing: ReactNode) {
  return function Icon() {
    return (
      <svg
        width="18"
        height="18"
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {drawing}
      </svg>
    );
  };
}

export const MarketsIcon = icon(
  <path d="M5 4v3m0 7v2m-1.5-9h3v7h-3zM10 3v5m0 5v4M8.5 8h3v5h-3zM15 5v1m0 6v4M13.5 6h3v6h-3z" />,
);
export const RiskIcon = icon(<path d="M10 2.5 16 5v4.5c0 3.7-2.4 6.5-6 8-3.6-1.5-6-4.3-6-8V5zM10 7v3.5M10 13.5v.1" />);
export const ArbitrageIcon = icon(<path d="M4 7h11m-3-3 3 3-3 3M16 13H5m3-3-3 3 3 3" />);
export const SystemIcon = icon(<path d="M2.5 10h3l2-5.5 4 11 2.5-5.5h3.5" />);
export const AutomationIcon = icon(
  <path d="M6 8h8a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2zM10 8V5m0-1v.1M7.5 11.5v1m5-1v1" />,
);
export const SunIcon = icon(
  <path d="M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1" />,
);
export const MoonIcon = icon(<path d="M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3z" />);
export const QueryIcon = icon(
  <path d="M7.5 4C5.5 4 6.5 9 4 10c2.5 1 1.5 6 3.5 6M12.5 4c2 0 1 5 3.5 6-2.5 1-1.5 6-3.5 6" />,
);
