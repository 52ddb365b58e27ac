import { Logger, type LogItem } from "@aws-lambda-powertools/logger";
import { correlation } from "../primitives/correlation.ts";

/** Powertools' logger, each of whose lines carries the ids of the events that it is written for. */
export class CorrelatedLogger extends Logger {
  protected override createAndPopulateLogItem(...line: Parameters<Logger["createAndPopulateLogItem"]>): LogItem {
    return super.createAndPopulateLogItem(...line).addAttributes({ ...correlation() });
  }
}
