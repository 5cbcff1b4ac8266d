{
  "targets": [
    {
      "target_name": "hufu_fuse",
      "conditions": [
        ["OS=='linux'", { "sources": ["<!@(ls native/*.c)"] }, { "type": "none" }]
      ],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror=implicit-function-declaration", "-fvisibility=hidden"],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"]
    }
  ]
}
