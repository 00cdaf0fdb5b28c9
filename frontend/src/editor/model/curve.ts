/** The line between two boxes: a calm curve; parallel lines bow away from each other. */

export interface Curve {
  path: string;
  labelX: number;
  labelY: number;
}

const BOW = 44;

export function curveBetween(sx: number, sy: number, tx: number, ty: number, offset: number): Curve {
  const reach = Math.max(44, Math.abs(tx - sx) * 0.45, tx < sx ? 120 : 0);
  const bow = bowOf(offset) + (tx < sx && Math.abs(ty - sy) < 40 ? 90 : 0);
  const [ax, ay, bx, by] = [sx + reach, sy + bow, tx - reach, ty + bow];
  return {
    path: `M${sx},${sy} C${ax},${ay} ${bx},${by} ${tx},${ty}`,
    labelX: (sx + 3 * ax + 3 * bx + tx) / 8,
    labelY: (sy + 3 * ay + 3 * by + ty) / 8,
  };
}

/** 0, then alternately below and above. */
function bowOf(offset: number): number {
  if (offset === 0) return 0;
  const step = Math.ceil(offset / 2) * BOW;
  return offset % 2 === 1 ? step : -step;
}
