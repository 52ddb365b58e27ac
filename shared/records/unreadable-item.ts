export { parseItem } from "../state/unreadable-item.ts";
