import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { Rights } from "../../zx/rights.ts";
import type { PropertyName, PropertyTypes } from "../../zx/syscalls.ts";
import { ExceptionDispatcher } from "../object/exception_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { VmoDispatcher } from "../object/vmo_dispatcher.ts";
import { mask32, objectName, unsigned } from "./arguments.ts";

interface Property<T> {
  get(process: ProcessDispatcher, handle: Handle): T;
  set(process: ProcessDispatcher, handle: Handle, value: T): void;
}

/** The properties of zx_object_get_property (zircon.md 1.4). Reading needs GET_PROPERTY, writing SET_PROPERTY. */
const PROPERTIES: { readonly [P in PropertyName]: Property<PropertyTypes[P]> } = {
  NAME: {
    get({ handles }, value) {
      const { object } = handles.handle(value, Rights.GET_PROPERTY);
      if (!object.isNamed) throw object.noName();
      return object.label;
    },
    set({ handles }, value, name) {
      const text = objectName(name, "name");
      handles.handle(value, Rights.SET_PROPERTY).object.rename(text);
    },
  },

  VMO_CONTENT_SIZE: {
    get({ handles }, value) {
      return handles.get(value, VmoDispatcher, Rights.GET_PROPERTY).vmo.streamSize;
    },
    set({ handles }, value, size) {
      const wanted = unsigned(size, "content size");
      handles.get(value, VmoDispatcher, Rights.SET_PROPERTY | Rights.WRITE).vmo.setStreamSize(wanted);
    },
  },

  EXCEPTION_STATE: {
    get({ handles }, value) {
      return handles.get(value, ExceptionDispatcher, Rights.GET_PROPERTY).state;
    },
    set({ handles }, value, state) {
      const wanted = mask32(state, "exception state");
      handles.get(value, ExceptionDispatcher, Rights.SET_PROPERTY).setState(wanted);
    },
  },
};

export function getProperty<P extends PropertyName>(
  process: ProcessDispatcher,
  handle: Handle,
  name: P,
): PropertyTypes[P] {
  return find(name).get(process, handle);
}

export function setProperty<P extends PropertyName>(
  process: ProcessDispatcher,
  handle: Handle,
  name: P,
  value: PropertyTypes[P],
): void {
  find(name).set(process, handle, value);
}

function find<P extends PropertyName>(name: P): Property<PropertyTypes[P]> {
  if (typeof name !== "string" || !Object.hasOwn(PROPERTIES, name)) {
    throw new ZxError("NOT_SUPPORTED", "this property does not exist");
  }
  return PROPERTIES[name];
}
