// Generated from reduced.proto by scripts/generate-protobuf.mjs. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";
const $Reader = $protobuf.Reader, $util = $protobuf.util;
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});
export const reduced = $root.reduced = (() => {
  const reduced2 = {};
  reduced2.Unknown = (function() {
    function Unknown(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Unknown.prototype.typeMeta = null;
    Unknown.prototype.raw = $util.newBuffer([]);
    Unknown.prototype.contentEncoding = "";
    Unknown.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Unknown();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.typeMeta = $root.reduced.TypeMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 2: {
            message.raw = reader.bytes();
            break;
          }
          case 3: {
            message.contentEncoding = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Unknown;
  })();
  reduced2.TypeMeta = (function() {
    function TypeMeta(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    TypeMeta.prototype.apiVersion = "";
    TypeMeta.prototype.kind = "";
    TypeMeta.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.TypeMeta();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.apiVersion = reader.string();
            break;
          }
          case 2: {
            message.kind = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return TypeMeta;
  })();
  reduced2.ListMeta = (function() {
    function ListMeta(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ListMeta.prototype.resourceVersion = "";
    ListMeta.prototype["continue"] = "";
    ListMeta.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ListMeta();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 2: {
            message.resourceVersion = reader.string();
            break;
          }
          case 3: {
            message["continue"] = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ListMeta;
  })();
  reduced2.Status = (function() {
    function Status(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Status.prototype.message = "";
    Status.prototype.reason = "";
    Status.prototype.details = null;
    Status.prototype.code = 0;
    Status.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Status();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 3: {
            message.message = reader.string();
            break;
          }
          case 4: {
            message.reason = reader.string();
            break;
          }
          case 5: {
            message.details = $root.reduced.StatusDetails.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 6: {
            message.code = reader.int32();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Status;
  })();
  reduced2.StatusDetails = (function() {
    function StatusDetails(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    StatusDetails.prototype.retryAfterSeconds = 0;
    StatusDetails.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.StatusDetails();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 5: {
            message.retryAfterSeconds = reader.int32();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return StatusDetails;
  })();
  reduced2.WatchEvent = (function() {
    function WatchEvent(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    WatchEvent.prototype.type = "";
    WatchEvent.prototype.object = null;
    WatchEvent.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.WatchEvent();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.type = reader.string();
            break;
          }
          case 2: {
            message.object = $root.reduced.RawExtension.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return WatchEvent;
  })();
  reduced2.RawExtension = (function() {
    function RawExtension(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    RawExtension.prototype.raw = $util.newBuffer([]);
    RawExtension.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.RawExtension();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.raw = reader.bytes();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return RawExtension;
  })();
  reduced2.Time = (function() {
    function Time(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Time.prototype.seconds = 0;
    Time.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Time();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.seconds = reader.uint32();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Time;
  })();
  reduced2.ObjectMeta = (function() {
    function ObjectMeta(properties) {
      this.labels = {};
      this.annotations = {};
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ObjectMeta.prototype.name = "";
    ObjectMeta.prototype.namespace = "";
    ObjectMeta.prototype.uid = "";
    ObjectMeta.prototype.resourceVersion = "";
    ObjectMeta.prototype.creationTimestamp = null;
    ObjectMeta.prototype.deletionTimestamp = null;
    ObjectMeta.prototype.labels = $util.emptyObject;
    ObjectMeta.prototype.annotations = $util.emptyObject;
    ObjectMeta.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message, key, value;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ObjectMeta();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 3: {
            message.namespace = reader.string();
            break;
          }
          case 5: {
            message.uid = reader.string();
            break;
          }
          case 6: {
            message.resourceVersion = reader.string();
            break;
          }
          case 8: {
            message.creationTimestamp = $root.reduced.Time.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 9: {
            message.deletionTimestamp = $root.reduced.Time.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 11: {
            if (message.labels === $util.emptyObject)
              message.labels = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = "";
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = reader.string();
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.labels, key);
            message.labels[key] = value;
            break;
          }
          case 12: {
            if (message.annotations === $util.emptyObject)
              message.annotations = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = "";
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = reader.string();
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.annotations, key);
            message.annotations[key] = value;
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ObjectMeta;
  })();
  reduced2.SystemPod = (function() {
    function SystemPod(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    SystemPod.prototype.metadata = null;
    SystemPod.prototype.spec = null;
    SystemPod.prototype.status = null;
    SystemPod.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.SystemPod();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.metadata = $root.reduced.SystemPodMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 2: {
            message.spec = $root.reduced.SystemPodSpec.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 3: {
            message.status = $root.reduced.SystemPodStatus.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return SystemPod;
  })();
  reduced2.SystemPodMeta = (function() {
    function SystemPodMeta(properties) {
      this.labels = {};
      this.ownerReferences = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    SystemPodMeta.prototype.name = "";
    SystemPodMeta.prototype.namespace = "";
    SystemPodMeta.prototype.resourceVersion = "";
    SystemPodMeta.prototype.labels = $util.emptyObject;
    SystemPodMeta.prototype.ownerReferences = $util.emptyArray;
    SystemPodMeta.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message, key, value;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.SystemPodMeta();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 3: {
            message.namespace = reader.string();
            break;
          }
          case 6: {
            message.resourceVersion = reader.string();
            break;
          }
          case 11: {
            if (message.labels === $util.emptyObject)
              message.labels = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = "";
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = reader.string();
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.labels, key);
            message.labels[key] = value;
            break;
          }
          case 13: {
            if (!(message.ownerReferences && message.ownerReferences.length))
              message.ownerReferences = [];
            message.ownerReferences.push($root.reduced.OwnerReference.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return SystemPodMeta;
  })();
  reduced2.OwnerReference = (function() {
    function OwnerReference(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    OwnerReference.prototype.kind = "";
    OwnerReference.prototype.name = "";
    OwnerReference.prototype.controller = false;
    OwnerReference.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.OwnerReference();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.kind = reader.string();
            break;
          }
          case 3: {
            message.name = reader.string();
            break;
          }
          case 6: {
            message.controller = reader.bool();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return OwnerReference;
  })();
  reduced2.SystemPodSpec = (function() {
    function SystemPodSpec(properties) {
      this.containers = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    SystemPodSpec.prototype.containers = $util.emptyArray;
    SystemPodSpec.prototype.nodeName = "";
    SystemPodSpec.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.SystemPodSpec();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 2: {
            if (!(message.containers && message.containers.length))
              message.containers = [];
            message.containers.push($root.reduced.Container.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 10: {
            message.nodeName = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return SystemPodSpec;
  })();
  reduced2.Container = (function() {
    function Container(properties) {
      this.command = [];
      this.args = [];
      this.env = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Container.prototype.name = "";
    Container.prototype.image = "";
    Container.prototype.command = $util.emptyArray;
    Container.prototype.args = $util.emptyArray;
    Container.prototype.env = $util.emptyArray;
    Container.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Container();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 2: {
            message.image = reader.string();
            break;
          }
          case 3: {
            if (!(message.command && message.command.length))
              message.command = [];
            message.command.push(reader.string());
            break;
          }
          case 4: {
            if (!(message.args && message.args.length))
              message.args = [];
            message.args.push(reader.string());
            break;
          }
          case 7: {
            if (!(message.env && message.env.length))
              message.env = [];
            message.env.push($root.reduced.EnvVar.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Container;
  })();
  reduced2.EnvVar = (function() {
    function EnvVar(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    EnvVar.prototype.name = "";
    EnvVar.prototype.value = "";
    EnvVar.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.EnvVar();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 2: {
            message.value = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return EnvVar;
  })();
  reduced2.SystemPodStatus = (function() {
    function SystemPodStatus(properties) {
      this.conditions = [];
      this.containerStatuses = [];
      this.initContainerStatuses = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    SystemPodStatus.prototype.phase = "";
    SystemPodStatus.prototype.conditions = $util.emptyArray;
    SystemPodStatus.prototype.containerStatuses = $util.emptyArray;
    SystemPodStatus.prototype.initContainerStatuses = $util.emptyArray;
    SystemPodStatus.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.SystemPodStatus();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.phase = reader.string();
            break;
          }
          case 2: {
            if (!(message.conditions && message.conditions.length))
              message.conditions = [];
            message.conditions.push($root.reduced.Condition.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 8: {
            if (!(message.containerStatuses && message.containerStatuses.length))
              message.containerStatuses = [];
            message.containerStatuses.push($root.reduced.ContainerStatus.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 10: {
            if (!(message.initContainerStatuses && message.initContainerStatuses.length))
              message.initContainerStatuses = [];
            message.initContainerStatuses.push($root.reduced.ContainerStatus.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return SystemPodStatus;
  })();
  reduced2.ContainerStatus = (function() {
    function ContainerStatus(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ContainerStatus.prototype.state = null;
    ContainerStatus.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ContainerStatus();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 2: {
            message.state = $root.reduced.ContainerState.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ContainerStatus;
  })();
  reduced2.ContainerState = (function() {
    function ContainerState(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ContainerState.prototype.waiting = null;
    ContainerState.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ContainerState();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.waiting = $root.reduced.ContainerStateWaiting.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ContainerState;
  })();
  reduced2.ContainerStateWaiting = (function() {
    function ContainerStateWaiting(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ContainerStateWaiting.prototype.reason = "";
    ContainerStateWaiting.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ContainerStateWaiting();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.reason = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ContainerStateWaiting;
  })();
  reduced2.Condition = (function() {
    function Condition(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Condition.prototype.type = "";
    Condition.prototype.status = "";
    Condition.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Condition();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.type = reader.string();
            break;
          }
          case 2: {
            message.status = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Condition;
  })();
  reduced2.Node = (function() {
    function Node(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Node.prototype.metadata = null;
    Node.prototype.spec = null;
    Node.prototype.status = null;
    Node.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Node();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.metadata = $root.reduced.ObjectMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 2: {
            message.spec = $root.reduced.NodeSpec.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 3: {
            message.status = $root.reduced.NodeStatus.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Node;
  })();
  reduced2.NodeSpec = (function() {
    function NodeSpec(properties) {
      this.taints = [];
      this.podCIDRs = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    NodeSpec.prototype.podCIDR = "";
    NodeSpec.prototype.providerID = "";
    NodeSpec.prototype.unschedulable = false;
    NodeSpec.prototype.taints = $util.emptyArray;
    NodeSpec.prototype.podCIDRs = $util.emptyArray;
    NodeSpec.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.NodeSpec();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.podCIDR = reader.string();
            break;
          }
          case 3: {
            message.providerID = reader.string();
            break;
          }
          case 4: {
            message.unschedulable = reader.bool();
            break;
          }
          case 5: {
            if (!(message.taints && message.taints.length))
              message.taints = [];
            message.taints.push($root.reduced.Taint.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 7: {
            if (!(message.podCIDRs && message.podCIDRs.length))
              message.podCIDRs = [];
            message.podCIDRs.push(reader.string());
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return NodeSpec;
  })();
  reduced2.Taint = (function() {
    function Taint(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Taint.prototype.key = "";
    Taint.prototype.value = "";
    Taint.prototype.effect = "";
    Taint.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Taint();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.key = reader.string();
            break;
          }
          case 2: {
            message.value = reader.string();
            break;
          }
          case 3: {
            message.effect = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Taint;
  })();
  reduced2.NodeStatus = (function() {
    function NodeStatus(properties) {
      this.allocatable = {};
      this.conditions = [];
      this.addresses = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    NodeStatus.prototype.allocatable = $util.emptyObject;
    NodeStatus.prototype.conditions = $util.emptyArray;
    NodeStatus.prototype.addresses = $util.emptyArray;
    NodeStatus.prototype.nodeInfo = null;
    NodeStatus.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message, key, value;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.NodeStatus();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 2: {
            if (message.allocatable === $util.emptyObject)
              message.allocatable = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = null;
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = $root.reduced.Quantity.decode(reader, reader.uint32(), void 0, long + 1);
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.allocatable, key);
            message.allocatable[key] = value;
            break;
          }
          case 4: {
            if (!(message.conditions && message.conditions.length))
              message.conditions = [];
            message.conditions.push($root.reduced.NodeCondition.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 5: {
            if (!(message.addresses && message.addresses.length))
              message.addresses = [];
            message.addresses.push($root.reduced.NodeAddress.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 7: {
            message.nodeInfo = $root.reduced.NodeSystemInfo.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return NodeStatus;
  })();
  reduced2.Quantity = (function() {
    function Quantity(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Quantity.prototype.string = "";
    Quantity.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Quantity();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.string = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Quantity;
  })();
  reduced2.NodeCondition = (function() {
    function NodeCondition(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    NodeCondition.prototype.type = "";
    NodeCondition.prototype.status = "";
    NodeCondition.prototype.lastTransitionTime = null;
    NodeCondition.prototype.reason = "";
    NodeCondition.prototype.message = "";
    NodeCondition.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.NodeCondition();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.type = reader.string();
            break;
          }
          case 2: {
            message.status = reader.string();
            break;
          }
          case 4: {
            message.lastTransitionTime = $root.reduced.Time.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 5: {
            message.reason = reader.string();
            break;
          }
          case 6: {
            message.message = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return NodeCondition;
  })();
  reduced2.NodeAddress = (function() {
    function NodeAddress(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    NodeAddress.prototype.type = "";
    NodeAddress.prototype.address = "";
    NodeAddress.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.NodeAddress();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.type = reader.string();
            break;
          }
          case 2: {
            message.address = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return NodeAddress;
  })();
  reduced2.NodeSystemInfo = (function() {
    function NodeSystemInfo(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    NodeSystemInfo.prototype.osImage = "";
    NodeSystemInfo.prototype.containerRuntimeVersion = "";
    NodeSystemInfo.prototype.kubeletVersion = "";
    NodeSystemInfo.prototype.operatingSystem = "";
    NodeSystemInfo.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.NodeSystemInfo();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 5: {
            message.osImage = reader.string();
            break;
          }
          case 6: {
            message.containerRuntimeVersion = reader.string();
            break;
          }
          case 7: {
            message.kubeletVersion = reader.string();
            break;
          }
          case 9: {
            message.operatingSystem = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return NodeSystemInfo;
  })();
  reduced2.Service = (function() {
    function Service(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Service.prototype.metadata = null;
    Service.prototype.spec = null;
    Service.prototype.status = null;
    Service.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Service();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.metadata = $root.reduced.ObjectMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 2: {
            message.spec = $root.reduced.ServiceSpec.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 3: {
            message.status = $root.reduced.ServiceStatus.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Service;
  })();
  reduced2.ServiceSpec = (function() {
    function ServiceSpec(properties) {
      this.ports = [];
      this.selector = {};
      this.externalIPs = [];
      this.clusterIPs = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ServiceSpec.prototype.ports = $util.emptyArray;
    ServiceSpec.prototype.selector = $util.emptyObject;
    ServiceSpec.prototype.clusterIP = "";
    ServiceSpec.prototype.type = "";
    ServiceSpec.prototype.externalIPs = $util.emptyArray;
    ServiceSpec.prototype.clusterIPs = $util.emptyArray;
    ServiceSpec.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message, key, value;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ServiceSpec();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            if (!(message.ports && message.ports.length))
              message.ports = [];
            message.ports.push($root.reduced.ServicePort.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 2: {
            if (message.selector === $util.emptyObject)
              message.selector = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = "";
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = reader.string();
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.selector, key);
            message.selector[key] = value;
            break;
          }
          case 3: {
            message.clusterIP = reader.string();
            break;
          }
          case 4: {
            message.type = reader.string();
            break;
          }
          case 5: {
            if (!(message.externalIPs && message.externalIPs.length))
              message.externalIPs = [];
            message.externalIPs.push(reader.string());
            break;
          }
          case 18: {
            if (!(message.clusterIPs && message.clusterIPs.length))
              message.clusterIPs = [];
            message.clusterIPs.push(reader.string());
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ServiceSpec;
  })();
  reduced2.ServicePort = (function() {
    function ServicePort(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ServicePort.prototype.name = "";
    ServicePort.prototype.protocol = "";
    ServicePort.prototype.port = 0;
    ServicePort.prototype.targetPort = null;
    ServicePort.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ServicePort();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 2: {
            message.protocol = reader.string();
            break;
          }
          case 3: {
            message.port = reader.int32();
            break;
          }
          case 4: {
            message.targetPort = $root.reduced.IntOrString.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ServicePort;
  })();
  reduced2.IntOrString = (function() {
    function IntOrString(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    IntOrString.prototype.type = 0;
    IntOrString.prototype.intVal = 0;
    IntOrString.prototype.strVal = "";
    IntOrString.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.IntOrString();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.type = reader.int32();
            break;
          }
          case 2: {
            message.intVal = reader.int32();
            break;
          }
          case 3: {
            message.strVal = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return IntOrString;
  })();
  reduced2.ServiceStatus = (function() {
    function ServiceStatus(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    ServiceStatus.prototype.loadBalancer = null;
    ServiceStatus.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.ServiceStatus();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.loadBalancer = $root.reduced.LoadBalancerStatus.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return ServiceStatus;
  })();
  reduced2.LoadBalancerStatus = (function() {
    function LoadBalancerStatus(properties) {
      this.ingress = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    LoadBalancerStatus.prototype.ingress = $util.emptyArray;
    LoadBalancerStatus.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.LoadBalancerStatus();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            if (!(message.ingress && message.ingress.length))
              message.ingress = [];
            message.ingress.push($root.reduced.LoadBalancerIngress.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return LoadBalancerStatus;
  })();
  reduced2.LoadBalancerIngress = (function() {
    function LoadBalancerIngress(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    LoadBalancerIngress.prototype.ip = "";
    LoadBalancerIngress.prototype.hostname = "";
    LoadBalancerIngress.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.LoadBalancerIngress();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.ip = reader.string();
            break;
          }
          case 2: {
            message.hostname = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return LoadBalancerIngress;
  })();
  reduced2.EndpointSlice = (function() {
    function EndpointSlice(properties) {
      this.endpoints = [];
      this.ports = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    EndpointSlice.prototype.metadata = null;
    EndpointSlice.prototype.endpoints = $util.emptyArray;
    EndpointSlice.prototype.ports = $util.emptyArray;
    EndpointSlice.prototype.addressType = "";
    EndpointSlice.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.EndpointSlice();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.metadata = $root.reduced.EndpointSliceMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          case 2: {
            if (!(message.endpoints && message.endpoints.length))
              message.endpoints = [];
            message.endpoints.push($root.reduced.Endpoint.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 3: {
            if (!(message.ports && message.ports.length))
              message.ports = [];
            message.ports.push($root.reduced.EndpointPort.decode(reader, reader.uint32(), void 0, long + 1));
            break;
          }
          case 4: {
            message.addressType = reader.string();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return EndpointSlice;
  })();
  reduced2.EndpointSliceMeta = (function() {
    function EndpointSliceMeta(properties) {
      this.labels = {};
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    EndpointSliceMeta.prototype.name = "";
    EndpointSliceMeta.prototype.namespace = "";
    EndpointSliceMeta.prototype.resourceVersion = "";
    EndpointSliceMeta.prototype.labels = $util.emptyObject;
    EndpointSliceMeta.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message, key, value;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.EndpointSliceMeta();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 3: {
            message.namespace = reader.string();
            break;
          }
          case 6: {
            message.resourceVersion = reader.string();
            break;
          }
          case 11: {
            if (message.labels === $util.emptyObject)
              message.labels = {};
            let end2 = reader.uint32() + reader.pos;
            if (end2 > reader.len)
              throw RangeError("index out of range");
            reader.len = end2;
            key = "";
            value = "";
            while (reader.pos < end2) {
              let tag2 = reader.uint32();
              switch (tag2 >>> 3) {
                case 1:
                  key = reader.string();
                  break;
                case 2:
                  value = reader.string();
                  break;
                default:
                  reader.skipType(tag2 & 7, long);
                  break;
              }
            }
            if (reader.pos !== end2)
              throw RangeError("index out of range");
            reader.len = end;
            if (key === "__proto__")
              $util.makeProp(message.labels, key);
            message.labels[key] = value;
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return EndpointSliceMeta;
  })();
  reduced2.Endpoint = (function() {
    function Endpoint(properties) {
      this.addresses = [];
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Endpoint.prototype.addresses = $util.emptyArray;
    Endpoint.prototype.conditions = null;
    Endpoint.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Endpoint();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            if (!(message.addresses && message.addresses.length))
              message.addresses = [];
            message.addresses.push(reader.string());
            break;
          }
          case 2: {
            message.conditions = $root.reduced.EndpointConditions.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Endpoint;
  })();
  reduced2.EndpointConditions = (function() {
    function EndpointConditions(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    EndpointConditions.prototype.ready = false;
    EndpointConditions.prototype.terminating = false;
    EndpointConditions.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.EndpointConditions();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.ready = reader.bool();
            break;
          }
          case 3: {
            message.terminating = reader.bool();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return EndpointConditions;
  })();
  reduced2.EndpointPort = (function() {
    function EndpointPort(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    EndpointPort.prototype.name = "";
    EndpointPort.prototype.protocol = "";
    EndpointPort.prototype.port = 0;
    EndpointPort.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.EndpointPort();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.name = reader.string();
            break;
          }
          case 2: {
            message.protocol = reader.string();
            break;
          }
          case 3: {
            message.port = reader.int32();
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return EndpointPort;
  })();
  reduced2.Namespace = (function() {
    function Namespace(properties) {
      if (properties) {
        for (let keys = Object.keys(properties), i = 0; i < keys.length; ++i)
          if (properties[keys[i]] != null && keys[i] !== "__proto__")
            this[keys[i]] = properties[keys[i]];
      }
    }
    Namespace.prototype.metadata = null;
    Namespace.decode = function decode(reader, length, error, long) {
      if (!(reader instanceof $Reader))
        reader = $Reader.create(reader);
      if (long === void 0)
        long = 0;
      if (long > $Reader.recursionLimit)
        throw Error("maximum nesting depth exceeded");
      let end, message;
      if (length === void 0)
        end = reader.len;
      else {
        end = reader.pos + length;
        if (end > reader.len)
          throw RangeError("index out of range");
        length = reader.len;
        reader.len = end;
      }
      message = new $root.reduced.Namespace();
      while (reader.pos < end) {
        let tag = reader.uint32();
        if (tag === error)
          break;
        switch (tag >>> 3) {
          case 1: {
            message.metadata = $root.reduced.ObjectMeta.decode(reader, reader.uint32(), void 0, long + 1);
            break;
          }
          default:
            reader.skipType(tag & 7, long);
            break;
        }
      }
      if (length !== void 0) {
        if (reader.pos !== end)
          throw RangeError("index out of range");
        reader.len = length;
      }
      return message;
    };
    return Namespace;
  })();
  return reduced2;
})();
export { $root as default };
