// Where in a document something stands, in words.

import { t } from "./texts.js";

/** Return the words for a citation's page, slide or row; none where the format has none. */
export function pageOf({ page, page_unit: unit }) {
  return page === null || page === undefined ? "" : t(`place.${unit ?? "page"}`, { n: page });
}

/** Return a section's path without the title that it may begin with. */
export function sectionOf({ title, section }) {
  const parts = (section ?? "").split(" › ").filter(Boolean);
  return (parts[0] === title ? parts.slice(1) : parts).join(" › ");
}
