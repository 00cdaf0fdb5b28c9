import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSearchText } from "./use-search-text";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function search() {
  const said = vi.fn();
  const hook = renderHook(({ value }) => useSearchText(value, said), { initialProps: { value: "" } });
  const type = (text: string) => act(() => hook.result.current[1](text));
  const settle = () => act(() => vi.advanceTimersByTime(1000));
  return { hook, said, type, settle };
}

it("says what was typed once it has settled", () => {
  const { said, type, settle } = search();
  type("sh");
  type("shop ");
  expect(said).not.toHaveBeenCalled();
  settle();
  expect(said.mock.calls).toEqual([["shop"]]);
});

it("keeps what is typed while its own words come back", () => {
  const { hook, said, type, settle } = search();
  type("sho");
  settle();
  type("shop");
  hook.rerender({ value: "sho" });
  expect(hook.result.current[0]).toBe("shop");
  settle();
  expect(said.mock.calls).toEqual([["sho"], ["shop"]]);
});

it("takes over what the address says by other ways", () => {
  const { hook, said, type, settle } = search();
  type("shop");
  settle();
  hook.rerender({ value: "shop" });
  hook.rerender({ value: "" });
  expect(hook.result.current[0]).toBe("");
  settle();
  expect(said).toHaveBeenCalledTimes(1);
});
