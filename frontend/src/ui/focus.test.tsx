import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { Button, FormDialog, Menu } from ".";

function Page({ fromMenu = false }: { fromMenu?: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const open = () => setOpen(true);
  return (
    <>
      {fromMenu ? (
        <Menu trigger={<button type="button">More</button>} items={[{ label: "Add", onSelect: open }]} />
      ) : (
        <Button onClick={open}>Add</Button>
      )}
      {isOpen && (
        <FormDialog
          id="add"
          title="Add it"
          action="Done"
          isBusy={false}
          problem={null}
          onClose={() => setOpen(false)}
          onSubmit={async () => {}}
        >
          <input aria-label="Name" />
        </FormDialog>
      )}
    </>
  );
}

it("goes back to the button that opened a dialog", async () => {
  const user = userEvent.setup();
  render(<Page />);
  await user.click(screen.getByText("Add"));
  await screen.findByRole("dialog");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Add")));
});

it("goes back to the button of the menu whose item opened a dialog", async () => {
  const user = userEvent.setup();
  render(<Page fromMenu />);
  screen.getByText("More").focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("menuitem", { name: "Add" });
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByText("More")));
});

it("stays with a button that is busy, which takes no second press", async () => {
  const user = userEvent.setup();
  const press = vi.fn();
  const view = render(<Button onClick={press}>Save</Button>);
  await user.click(screen.getByRole("button"));
  view.rerender(
    <Button onClick={press} isBusy>
      Save
    </Button>,
  );
  expect(document.activeElement).toBe(screen.getByRole("button"));
  await user.keyboard("{Enter}");
  expect(press).toHaveBeenCalledTimes(1);
});
