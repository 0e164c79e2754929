/**
 * Features that one language knows, which protobufjs does not bring: what may be set, on what and since when. Told in our
 * own words; nothing is generated from them, so defaults and comments are left out.
 */
export const languageFeatures: Readonly<Record<string, string>> = {
  "google/protobuf/cpp_features.proto": `syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

extend google.protobuf.FeatureSet {
  optional CppFeatures cpp = 1000;
}

message CppFeatures {
  enum StringType {
    STRING_TYPE_UNKNOWN = 0;
    VIEW = 1;
    CORD = 2;
    STRING = 3;
  }
  enum RepeatedType {
    REPEATED_TYPE_UNKNOWN = 0;
    LEGACY = 1;
    PROXY = 2;
  }
  optional bool legacy_closed_enum = 1 [targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional StringType string_type = 2 [targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional bool enum_name_uses_string_view = 3 [targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2024];
  optional RepeatedType repeated_type = 4 [targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_UNSTABLE];
}
`,
  "google/protobuf/go_features.proto": `syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

option go_package = "google.golang.org/protobuf/types/gofeaturespb";

extend google.protobuf.FeatureSet {
  optional GoFeatures go = 1002;
}

message GoFeatures {
  enum APILevel {
    API_LEVEL_UNSPECIFIED = 0;
    API_OPEN = 1;
    API_HYBRID = 2;
    API_OPAQUE = 3;
  }
  enum StripEnumPrefix {
    STRIP_ENUM_PREFIX_UNSPECIFIED = 0;
    STRIP_ENUM_PREFIX_KEEP = 1;
    STRIP_ENUM_PREFIX_GENERATE_BOTH = 2;
    STRIP_ENUM_PREFIX_STRIP = 3;
  }
  message OptimizeModeFeature {
    enum OptimizeMode {
      OPTIMIZE_MODE_UNSPECIFIED = 0;
      SPEED = 1;
      CODE_SIZE = 2;
    }
  }
  optional bool legacy_unmarshal_json_enum = 1 [targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional APILevel api_level = 2 [targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional StripEnumPrefix strip_enum_prefix = 3 [targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_ENUM_ENTRY, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2024];
  optional OptimizeModeFeature.OptimizeMode optimize_mode = 4 [targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2024];
}
`,
  "google/protobuf/java_features.proto": `syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

option java_package = "com.google.protobuf";
option java_outer_classname = "JavaFeaturesProto";

extend google.protobuf.FeatureSet {
  optional JavaFeatures java = 1001;
}

message JavaFeatures {
  enum Utf8Validation {
    UTF8_VALIDATION_UNKNOWN = 0;
    DEFAULT = 1;
    VERIFY = 2;
  }
  message NestInFileClassFeature {
    enum NestInFileClass {
      NEST_IN_FILE_CLASS_UNKNOWN = 0;
      NO = 1;
      YES = 2;
      LEGACY = 3 [feature_support = { edition_introduced: EDITION_2024 edition_removed: EDITION_2024 }];
    }
    reserved 1 to max;
  }
  reserved 6;
  optional bool legacy_closed_enum = 1 [targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional Utf8Validation utf8_validation = 2 [targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2023];
  optional bool large_enum = 3 [targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE, feature_support.edition_introduced = EDITION_2024];
  optional bool use_old_outer_classname_default = 4 [targets = TARGET_TYPE_FILE, feature_support = { edition_introduced: EDITION_2024 edition_removed: EDITION_2024 }];
  optional NestInFileClassFeature.NestInFileClass nest_in_file_class = 5 [targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_SERVICE, feature_support.edition_introduced = EDITION_2024];
}
`,
};
