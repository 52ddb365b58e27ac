import type { IConfiguration } from "dependency-cruiser";

/** By area: its rooms from top to bottom, a line for each level. */
export const pictures: Readonly<Record<string, string>>;
declare const configuration: IConfiguration;
export default configuration;
