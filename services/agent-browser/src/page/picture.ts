// A page as a person would see it: as a picture, or on paper.
import { inTime } from './in-time.ts';
import type { Visit } from './navigate.ts';
import { busyPage } from './refusals.ts';

/** Chromium draws no higher picture. */
const heightMax = 16_384;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** IHDR is the first chunk of every PNG: the width at byte 16, the height at byte 20. */
function sizeOfPng(image: Buffer): Size {
  return { width: image.readUInt32BE(16), height: image.readUInt32BE(20) };
}

/** Throws SkillError `too-slow` for a page that cannot be drawn because it is busy. */
export async function takePicture({ page, limits }: Visit, wholePage: boolean): Promise<Size & { image: Buffer }> {
  const viewport = page.viewportSize() ?? { width: 1280, height: 900 };
  const drawing = page.screenshot({
    fullPage: wholePage,
    animations: 'disabled',
    timeout: limits.loadMsMax,
    ...(wholePage ? { clip: { x: 0, y: 0, width: viewport.width, height: heightMax } } : {}),
  });
  const image = await inTime(drawing, limits.loadMsMax, busyPage);
  return { image, ...sizeOfPng(image) };
}

/** A PDF of A4 pages. Throws as takePicture does. */
export async function printPage({ page, limits }: Visit): Promise<Buffer> {
  return await inTime(page.pdf({ format: 'A4', printBackground: true }), limits.loadMsMax, busyPage);
}
