// The interface's words, in two catalogues, and numbers and dates as each language writes them.

const LANGUAGES = ["en", "fr"];
const KEY = "osxp-language";
const LOCALES = { en: "en-GB", fr: "fr-FR" }; // dates that nobody can misread
const catalogues = {};
let current = LANGUAGES[0];

/** Fetch the words of both languages and choose one: the visitor's choice, else the browser's. */
export async function loadTexts() {
  await Promise.all(
    LANGUAGES.map(async (code) => {
      catalogues[code] = await (await fetch(`/ui/texts/${code}.json`)).json();
    }),
  );
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((code) => (code ?? "").slice(0, 2));
  choose(wanted.find((code) => LANGUAGES.includes(code)) ?? LANGUAGES[0]);
}

function choose(code) {
  current = code;
  document.documentElement.lang = code;
}

/** Return the language of the interface. */
export const language = () => current;

/** Change the language of the interface, and remember it. */
export function setLanguage(code) {
  localStorage.setItem(KEY, code);
  choose(code);
}

/** Return whether a catalogue has words for a key. */
export const has = (key) => key in catalogues[current];

/** Return the words of a key, with values put in; in another language where one is named. */
export function t(key, values = {}, code = current) {
  const words = catalogues[LANGUAGES.includes(code) ? code : "en"][key] ?? key;
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** Return the words for a number of things: the key's `.one` or `.other`. */
export function count(key, number, values = {}) {
  const form = new Intl.PluralRules(LOCALES[current]).select(number) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n: num(number), ...values });
}

/** Return a number as the language writes it. */
export const num = (value, digits = 0) =>
  new Intl.NumberFormat(LOCALES[current], { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** Return a share from 0 to 1 as a percentage; what only rounds to nothing or all is told from what is. */
export function percent(value) {
  const write = (share) => new Intl.NumberFormat(LOCALES[current], { style: "percent" }).format(share);
  if (value > 0 && value < 0.005) return t("percent.below", { share: write(0.01) });
  if (value < 1 && value >= 0.995) return t("percent.above", { share: write(0.99) });
  return write(value);
}

/** Return a day, given as ISO 8601. */
export function day(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const zone = iso.length === 10 ? "UTC" : undefined;
  return new Intl.DateTimeFormat(LOCALES[current], { dateStyle: "medium", timeZone: zone }).format(date);
}

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** Return how long ago a moment was, in words. */
export function ago(iso) {
  const seconds = (Date.now() - new Date(iso).getTime()) / 1000;
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ["second", 1];
  const words = new Intl.RelativeTimeFormat(LOCALES[current], { numeric: "auto" });
  return unit === "second" ? t("bar.justnow") : words.format(-Math.floor(seconds / length), unit);
}

/** Return the name of a value of a facet: languages by name, known tracks and kinds from the catalogue. */
export function named(key, value) {
  if (key === "lang") {
    try {
      return new Intl.DisplayNames([LOCALES[current]], { type: "language" }).of(value);
    } catch {
      return value;
    }
  }
  return has(`value.${key}.${value}`) ? t(`value.${key}.${value}`) : value;
}
