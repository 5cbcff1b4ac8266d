{
  "targets": [
    {
      "target_name": "hufu_fuse",
      "conditions": [
        ["OS=='linux'", {
          "sources": [
            "<!@(ls native/*.c)",
            "../../packages/crypto/native/ghash.c", "../../packages/crypto/native/hmac.c", "../../packages/crypto/native/secret_memory.c",
            "../../packages/crypto/native/sm4.c", "../../packages/crypto/native/sm4_aesni.c",
            "../../packages/crypto/native/sm4_gcm.c", "../../packages/crypto/native/sm4_gfni.c",
            "../../packages/crypto/native/sm4_portable.c", "../../packages/crypto/native/sm4_tier.c"
          ]
        }, { "type": "none" }]
      ],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror=implicit-function-declaration", "-fvisibility=hidden"],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"]
    }
  ]
}
