import { describe, expect, it } from "vitest";
import { nextTimes } from "./NextTimes";

const AFTER = new Date("2026-03-24T10:00:00Z");
const iso = (schedule: string, zone = "UTC") =>
  nextTimes(schedule, zone, AFTER).map((time) => time.toISOString().slice(0, 16));

describe("the next times of a schedule", () => {
  it("are five", () => {
    expect(iso("0 3 * * *")).toEqual([
      "2026-03-25T03:00",
      "2026-03-26T03:00",
      "2026-03-27T03:00",
      "2026-03-28T03:00",
      "2026-03-29T03:00",
    ]);
  });

  it("follow the zone through a change of its clock", () => {
    const times = iso("0 3 * * *", "Europe/Berlin");
    expect(times[0]).toBe("2026-03-25T02:00");
    expect(times[4]).toBe("2026-03-29T01:00");
  });

  it("take a day of the month or of the week, as cron does", () => {
    expect(iso("0 0 1 * 3").slice(0, 3)).toEqual([
      "2026-03-25T00:00",
      "2026-04-01T00:00",
      "2026-04-08T00:00",
    ]);
  });

  it("know the words", () => {
    expect(iso("@hourly")[0]).toBe("2026-03-24T11:00");
  });

  it.each(["", "* * *", "61 * * * *", "0 0 * * * *", "hello"])("are none for %j", (schedule) => {
    expect(iso(schedule)).toEqual([]);
  });

  it("are none in a zone that does not exist", () => {
    expect(iso("0 3 * * *", "Mars/Base")).toEqual([]);
  });
});
