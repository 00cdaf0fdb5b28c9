import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { t } from "@/texts";
import { late } from "./late";

it("says that it is not there, takes nothing with it, and comes with the network", async () => {
  const load = vi.fn(async () => ({ default: ({ name }: { name: string }) => <b>{name}</b> }));
  load.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"));
  const Part = late(load, <i>waiting</i>);
  render(<Part name="chart" />);
  expect(screen.getByText("waiting")).toBeTruthy();
  await screen.findByText(t.ui.partOffline);
  fireEvent(window, new Event("online"));
  await screen.findByText("chart");
  expect(load).toHaveBeenCalledTimes(2);
});
