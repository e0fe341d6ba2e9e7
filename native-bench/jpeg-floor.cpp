// The physical limit of hashing a JPEG file: libjpeg-turbo decodes it at 1/8 scale, grey or in colour, and 16 x 16 sums are
// taken. No resize, no upright turn, no check of what the file is, no second process. Grey leaves out more than a hash may:
// the colour planes, which are decoded for a blockhash, and their conversion.
// usage: jpeg-floor grey|colour PASSES FILE...    (reads every file PASSES times, prints one JSON line)
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>
#include <jpeglib.h>

#define TEXT_OF(name) #name
#define VALUE_OF(name) TEXT_OF(name)

namespace {

constexpr int sumsPerSide = 16;

double secondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

bool readWhole(const char* path, std::vector<uint8_t>& bytes) {
  FILE* file = fopen(path, "rb");
  if (file == nullptr) return false;
  fseek(file, 0, SEEK_END);
  bytes.resize(size_t(ftell(file)));
  rewind(file);
  const bool whole = fread(bytes.data(), 1, bytes.size(), file) == bytes.size();
  fclose(file);
  return whole;
}

// The default error handler ends the program, which is right for files of our own making.
uint64_t sumOfBlocks(const std::vector<uint8_t>& bytes, bool colour, std::vector<uint8_t>& row) {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = colour ? JCS_RGB : JCS_GRAYSCALE;
  jpeg.scale_num = 1;
  jpeg.scale_denom = 8;
  jpeg_start_decompress(&jpeg);
  const uint32_t channels = colour ? 3 : 1;
  row.resize(size_t(jpeg.output_width) * channels);
  uint64_t sums[sumsPerSide * sumsPerSide] = {};
  for (uint32_t y = 0; y < jpeg.output_height; y++) {
    JSAMPROW rows[1] = {row.data()};
    jpeg_read_scanlines(&jpeg, rows, 1);
    uint64_t* line = sums + sumsPerSide * (size_t(y) * sumsPerSide / jpeg.output_height);
    for (uint32_t x = 0; x < jpeg.output_width; x++) {
      uint64_t& sum = line[size_t(x) * sumsPerSide / jpeg.output_width];
      for (uint32_t channel = 0; channel < channels; channel++) sum += row[size_t(x) * channels + channel];
    }
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  uint64_t mixed = 0;
  for (uint64_t sum : sums) mixed = mixed * 31 + sum;
  return mixed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const bool colour = strcmp(argv[1], "colour") == 0;
  const int passes = atoi(argv[2]);
  std::vector<uint8_t> bytes, row;
  // What it takes to start is no part of it.
  if (!readWhole(argv[3], bytes)) return 1;
  uint64_t mixed = sumOfBlocks(bytes, colour, row);
  const double cpu = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
  const double wall = secondsOf(CLOCK_MONOTONIC);
  for (int pass = 0; pass < passes; pass++) {
    for (int i = 3; i < argc; i++) {
      if (!readWhole(argv[i], bytes)) return 1;
      mixed += sumOfBlocks(bytes, colour, row);
    }
  }
  const double pictures = double(passes) * (argc - 3);
  printf("{\"library\":\"libjpeg-turbo " VALUE_OF(LIBJPEG_TURBO_VERSION) "\",\"cpuMs\":%.4f,\"wallMs\":%.4f,\"sum\":\"%llu\"}\n",
         (secondsOf(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e3 / pictures, (secondsOf(CLOCK_MONOTONIC) - wall) * 1e3 / pictures,
         static_cast<unsigned long long>(mixed));
}
