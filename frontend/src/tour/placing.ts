/** Where the card goes beside what it speaks of: near, inside of the window, and never over it. Pure. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

const GAP = 14;
const MARGIN = 12;

/** The upper left corner; null when there is room on no side. */
export function placeBeside(target: Box, card: Size, window: Size): { left: number; top: number } | null {
  const right = target.left + target.width + GAP;
  const left = target.left - GAP - card.width;
  const below = target.top + target.height + GAP;
  const above = target.top - GAP - card.height;
  const across = within(target.left + target.width / 2 - card.width / 2, card.width, window.width);
  const along = within(target.top - GAP, card.height, window.height);
  if (right + card.width + MARGIN <= window.width) return { left: right, top: along };
  if (left >= MARGIN) return { left, top: along };
  if (below + card.height + MARGIN <= window.height) return { left: across, top: below };
  if (above >= MARGIN) return { left: across, top: above };
  return null;
}

function within(wished: number, length: number, room: number): number {
  return Math.max(MARGIN, Math.min(wished, room - length - MARGIN));
}
