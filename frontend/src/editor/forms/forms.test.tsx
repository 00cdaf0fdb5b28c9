import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { TooltipProvider } from "@/ui";
import { defsOf, fieldsOf } from "../model/fields";
import { isObject, type Path, setIn } from "../model/paths";
import type { JsonObject, JsonSchema, Problem } from "../model/types";
import { Form } from "./context";
import { FieldView } from "./FieldView";

/** A form over `schema`; what was typed into it stands in the element `data`. */
function Sample({
  schema,
  start = {},
  problems = [],
}: {
  schema: JsonSchema;
  start?: JsonObject;
  problems?: Problem[];
}) {
  const [data, setData] = useState<JsonObject>(start);
  const onChange = (path: Path, value: Parameters<typeof setIn>[2]) =>
    setData((before) => {
      const next = setIn(before, path, value);
      return isObject(next) ? next : {};
    });
  return (
    <TooltipProvider>
      <Form.Provider value={{ defs: defsOf(schema), problems, onChange }}>
        {fieldsOf(schema, defsOf(schema)).map((field) => (
          <FieldView key={field.key} field={field} path={[field.key]} value={data[field.key]} />
        ))}
        <output data-testid="data">{JSON.stringify(data)}</output>
        <button type="button">elsewhere</button>
      </Form.Provider>
    </TooltipProvider>
  );
}

const data = () => JSON.parse(screen.getByTestId("data").textContent ?? "{}") as JsonObject;
const schema = (
  properties: Record<string, JsonSchema>,
  defs: Record<string, JsonSchema> = {},
): JsonSchema => ({
  type: "object",
  properties,
  $defs: defs,
});

describe("fields", () => {
  it("take an emptied value out of the data", async () => {
    const user = userEvent.setup();
    render(<Sample schema={schema({ image: { title: "Image", type: "string" } })} start={{ image: "a" }} />);
    await user.clear(screen.getByLabelText("Image"));
    expect(data()).toEqual({});
    await user.type(screen.getByLabelText("Image"), "nginx");
    expect(data()).toEqual({ image: "nginx" });
  });

  it("let a number be typed in peace", async () => {
    const user = userEvent.setup();
    render(<Sample schema={schema({ replicas: { title: "Replicas", type: "integer" } })} />);
    await user.type(screen.getByLabelText("Replicas"), "-");
    expect(screen.getByLabelText("Replicas")).toHaveValue("-");
    await user.type(screen.getByLabelText("Replicas"), "3");
    expect(data()).toEqual({ replicas: -3 });
  });

  it("offer saying nothing where the schema has no default", async () => {
    const user = userEvent.setup();
    render(<Sample schema={schema({ links: { title: "Links", type: "boolean" } })} />);
    await user.click(screen.getByRole("radio", { name: "No" }));
    expect(data()).toEqual({ links: false });
    await user.click(screen.getByRole("radio", { name: "Default" }));
    expect(data()).toEqual({});
  });

  it("show the server's problem in place of the help", () => {
    const problem: Problem = {
      node_id: "a",
      edge_id: null,
      field: "image",
      severity: "error",
      code: "missing",
      message: 'Deployment "web": image is missing.',
    };
    const image = { title: "Image", description: "What to run.", type: "string" };
    render(<Sample schema={schema({ image })} problems={[problem]} />);
    expect(screen.getByRole("alert")).toHaveTextContent("Is missing.");
    expect(screen.queryByText("What to run.")).toBeNull();
    expect(screen.getByLabelText("Image")).toBeInvalid();
  });
});

describe("maps", () => {
  const map = schema({ data: { title: "Data", type: "object", additionalProperties: { type: "string" } } });

  it("keep a row without a key to themselves", async () => {
    const user = userEvent.setup();
    render(<Sample schema={map} />);
    await user.click(screen.getByRole("button", { name: "Add to Data" }));
    expect(data()).toEqual({});
    await user.type(screen.getByLabelText("Data, key 1"), "A");
    await user.type(screen.getByLabelText("Data, value 1"), "1");
    expect(data()).toEqual({ data: { A: "1" } });
    await user.click(screen.getByRole("button", { name: "Remove Data 1" }));
    expect(data()).toEqual({});
  });

  it("take pasted lines", async () => {
    const user = userEvent.setup();
    render(<Sample schema={map} />);
    await user.click(screen.getByRole("button", { name: "Add to Data" }));
    await user.click(screen.getByLabelText("Data, key 1"));
    await user.paste("A=1\nB=2");
    expect(data()).toEqual({ data: { A: "1", B: "2" } });
  });
});

describe("secret values", () => {
  const secret = schema({
    values: {
      title: "Values",
      type: "object",
      "x-widget": "secret-values",
      additionalProperties: { type: "string" },
    },
  });

  it("go out when the row is left, and not while they are typed", async () => {
    const user = userEvent.setup();
    render(<Sample schema={secret} />);
    await user.click(screen.getByRole("button", { name: "Add to Values" }));
    await user.type(screen.getByLabelText("Values, key 1"), "KEY");
    await user.type(screen.getByLabelText("Values, value 1"), "hunter2");
    expect(data()).toEqual({});
    await user.click(screen.getByText("elsewhere"));
    expect(data()).toEqual({ values: { KEY: "hunter2" } });
    expect(screen.queryByDisplayValue("hunter2")).toBeNull();
  });

  it("that are stored stay until another one was typed", async () => {
    const user = userEvent.setup();
    render(<Sample schema={secret} start={{ values: { KEY: null } }} />);
    await user.click(screen.getByRole("button", { name: "Replace" }));
    await user.click(screen.getByText("elsewhere"));
    expect(data()).toEqual({ values: { KEY: null } });
    await user.click(screen.getByRole("button", { name: "Replace" }));
    await user.keyboard("new{Enter}");
    expect(data()).toEqual({ values: { KEY: "new" } });
  });
});

describe("lists of objects", () => {
  const ports = schema(
    { ports: { title: "Ports", type: "array", items: { $ref: "#/$defs/Port" } } },
    {
      Port: {
        type: "object",
        required: ["port"],
        properties: {
          port: { title: "Port", type: "integer" },
          name: { title: "Name", type: "string" },
          labels: { title: "Labels", type: "object", additionalProperties: { type: "string" } },
        },
      },
    },
  );

  it("are rows with the rest folded away", async () => {
    const user = userEvent.setup();
    render(<Sample schema={ports} />);
    await user.click(screen.getByRole("button", { name: "Add to Ports" }));
    const row = screen.getByRole("group", { name: "Ports 1" });
    await user.type(within(row).getByLabelText("Ports 1, Port"), "80");
    expect(data()).toEqual({ ports: [{ port: 80 }] });
    await user.click(within(row).getByRole("button", { name: "Ports 1: More fields" }));
    expect(within(row).getByRole("group", { name: "Labels" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Remove Ports 1" }));
    expect(data()).toEqual({});
  });
});

describe("values of several shapes", () => {
  it("change their shape only when asked", async () => {
    const user = userEvent.setup();
    const keys: JsonSchema = {
      title: "Keys",
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "object", additionalProperties: { type: "string" } },
      ],
    };
    render(<Sample schema={schema({ keys })} start={{ keys: ["A"] }} />);
    expect(screen.getByLabelText("Keys 1")).toHaveValue("A");
    await user.click(screen.getByRole("radio", { name: "Map" }));
    expect(data()).toEqual({});
    await user.click(screen.getByRole("button", { name: "Add to Keys" }));
    await user.type(screen.getByLabelText("Keys, key 1"), "ENV");
    expect(data()).toEqual({ keys: { ENV: "" } });
  });
});
