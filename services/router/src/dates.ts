// Dates and times as people write them, in UTC; relative ones only when the caller says what day it is.

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayMs = 86_400_000;

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function calendarDay(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month, day));
  return date.getUTCMonth() === month && date.getUTCDate() === day ? iso(date) : undefined;
}

function ahead(now: Date, days: number): string {
  return iso(new Date(now.getTime() + days * dayMs));
}

function relativeDay(text: string, now: Date): string | undefined {
  const fixed: Readonly<Record<string, number>> = { today: 0, tonight: 0, tomorrow: 1, yesterday: -1 };
  for (const [word, days] of Object.entries(fixed)) if (new RegExp(`\\b${word}\\b`).test(text)) return ahead(now, days);
  const counted = /\bin (\d{1,3}) (day|week)s?\b/.exec(text);
  if (counted) return ahead(now, Number(counted[1]) * (counted[2] === 'week' ? 7 : 1));
  const named = weekdays.findIndex((name) => new RegExp(`\\b${name.slice(0, 3)}(${name.slice(3)})?\\b`).test(text));
  if (named === -1) return undefined;
  return ahead(now, (named - now.getUTCDay() + 7) % 7 || 7);
}

function monthDay(text: string, now: Date | undefined): string | undefined {
  const month = months.findIndex((name) => new RegExp(`\\b${name}[a-z]*\\b`).test(text));
  const day = /\b(\d{1,2})(st|nd|rd|th)?\b(?!:)/.exec(text)?.[1];
  if (month === -1 || day === undefined) return undefined;
  const said = /\b(\d{4})\b/.exec(text)?.[1];
  if (said !== undefined) return calendarDay(Number(said), month, Number(day));
  if (now === undefined) return undefined;
  const thisYear = calendarDay(now.getUTCFullYear(), month, Number(day));
  return thisYear !== undefined && thisYear < iso(now)
    ? calendarDay(now.getUTCFullYear() + 1, month, Number(day))
    : thisYear;
}

/** The day a short text names, as `YYYY-MM-DD`, or undefined. */
export function readDate(text: string, now: Date | undefined): string | undefined {
  const short = text.toLowerCase().slice(0, 100);
  const exact = /\b(\d{4})-(\d{2})-(\d{2})(?!\d)/.exec(short);
  if (exact) return calendarDay(Number(exact[1]), Number(exact[2]) - 1, Number(exact[3]));
  return monthDay(short, now) ?? (now === undefined ? undefined : relativeDay(short, now));
}

/** The time of day a short text names, as `HH:MM`, or undefined. */
export function readTime(text: string): string | undefined {
  const short = text.toLowerCase().slice(0, 100);
  if (/\bnoon\b/.test(short)) return '12:00';
  if (/\bmidnight\b/.test(short)) return '00:00';
  const found =
    /\b(\d{1,2})[:.](\d{2})\s*(am|pm)?\b/.exec(short) ??
    /\b(\d{1,2})()\s*(am|pm)\b/.exec(short) ??
    /(?:^|\bat )(\d{1,2})()()(?: o'?clock)?$/.exec(short);
  if (!found) return undefined;
  const half = found[3];
  const hour = (Number(found[1]) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  const minute = Number(found[2] || 0);
  return minute < 60 ? `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` : undefined;
}

/** Day and time together as RFC 3339 in UTC, or undefined when either is missing. */
export function readDateTime(text: string, now: Date | undefined): string | undefined {
  const exact = /\d{4}-\d{2}-\d{2}[tT ]\d{2}:\d{2}(:\d{2})?(\.\d+)?([zZ]|[+-]\d{2}:\d{2})?/.exec(
    text.slice(0, 100),
  )?.[0];
  if (exact) {
    const parsed = Date.parse(/([zZ]|[+-]\d{2}:\d{2})$/.test(exact) ? exact : `${exact.replace(' ', 'T')}Z`);
    return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
  }
  const [day, time] = [readDate(text, now), readTime(text)];
  return day === undefined || time === undefined ? undefined : `${day}T${time}:00.000Z`;
}
